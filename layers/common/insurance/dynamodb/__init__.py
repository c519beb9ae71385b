"""The ports on DynamoDB: one table per aggregate, every write conditional, no scans."""
