"""Thousands of random lines, and a model of who may change what."""
