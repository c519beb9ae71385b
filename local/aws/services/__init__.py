"""The other AWS services, as far as our functions call them: KMS, Secrets Manager, EventBridge."""
