"""Operations: scheduler."""
