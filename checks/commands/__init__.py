"""The command line: verbs, tables on a terminal, replaying, the gate's front."""
