"""Pairs of IAM policies and requests, and an evaluator that exists for tests alone.

`build` writes cases.json and cases-random.json; whoever evaluates policies must
agree with both. The evaluator here was written from protocol.md, section 7, and
shares nothing with the server's.
"""
