"""Licences as whoever has them knows them: their register, how they stand, what of them is public, who may check."""
