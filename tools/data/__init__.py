"""Files as brokers send them, made and read: `make data`."""
