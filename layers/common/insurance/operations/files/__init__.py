"""Operations: files."""
