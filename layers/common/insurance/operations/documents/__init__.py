"""Operations: documents."""
