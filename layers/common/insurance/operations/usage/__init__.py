"""Operations: what each application called, counted and told."""
