"""Commands about licences: issued and entered on at the window, shown and checked by anybody who has them on record."""
