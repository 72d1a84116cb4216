"""The demonstration register: a fictional district whose history is worked through by the ordinary actions."""
