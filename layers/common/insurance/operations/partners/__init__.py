"""Operations: partners and their applications."""
