"""What an author writes of a product: its shape, its questions, its documents, life and renewal."""
