"""Public packages against every theorem that fits: a table, weekly; see ``__main__``."""
