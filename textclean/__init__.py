"""textclean turns a dirty stream of articles into a clean one."""
