"""Operations: parties."""
