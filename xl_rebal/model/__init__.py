"""Labelled, frozen values whose constructors hold the rules."""
