"""How far streams of events were handed on, on DynamoDB."""
