"""Measurements, each beside a baseline in the same run; never tests with a clock."""
