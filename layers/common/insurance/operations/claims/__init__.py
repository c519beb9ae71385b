"""Operations: claims."""
