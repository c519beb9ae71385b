"""Operations: complaints."""
