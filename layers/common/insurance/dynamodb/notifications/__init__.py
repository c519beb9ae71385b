"""The feed of events on DynamoDB."""
