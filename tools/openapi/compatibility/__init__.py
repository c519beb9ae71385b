"""What a change of the API's definition does to callers that were written for the one before."""
