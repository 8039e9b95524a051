"""Stores: how they are addressed, and the tables in them."""
