"""Operations: policy."""
