"""Quancheng 全程: a local government's digital projects, from declaration to retirement."""
