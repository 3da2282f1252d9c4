//! JMESPath as the reference of the command line has it.

#![warn(missing_docs)]
