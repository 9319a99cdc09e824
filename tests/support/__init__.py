"""What the tests of the running suite share.

Reading order: world (who is there) → requests (one valid request for each method) → calls (what a caller sees) →
ledger (what changed behind the services) → passports (ones that identity would not issue) → leaks
(what must turn up nowhere).
"""
