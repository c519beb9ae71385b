"""Operations on stops and access policies."""
