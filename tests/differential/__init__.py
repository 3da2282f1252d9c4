"""The command line beside the real AWS CLI: same words, same bytes. See README.md."""
