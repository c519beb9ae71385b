"""Operations: quoting."""
