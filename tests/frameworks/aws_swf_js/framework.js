// The framework aws-swf, pointed at the server under test.
//
// This is everything that a program written for Amazon's service has to
// configure: the SDK below the framework is of 2014 and does not read
// AWS_ENDPOINT_URL_SWF itself. Region and credentials come from AWS_REGION,
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as everywhere.

const swf = require("aws-swf");

swf.AWS.config.update({ endpoint: process.env.AWS_ENDPOINT_URL_SWF });

module.exports = swf;
