"""Operations: work."""
