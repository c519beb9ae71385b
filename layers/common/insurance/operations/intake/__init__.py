"""Operations on sources, on batches of rows, and on rows in quarantine."""
