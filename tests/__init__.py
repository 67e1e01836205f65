"""Tests; they mirror the packages of `conversations/`."""
