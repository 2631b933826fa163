"""When a code is the only one."""
