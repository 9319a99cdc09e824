-- records:patient_search_estimate
-- Why: the planner takes a function that returns rows for one of a thousand; a search has one to three terms. With the
-- right number it sees that a search is cheap, and looks up the terms of each hit instead of preparing for many.
-- Expands. Locks: none to speak of.

BEGIN;

ALTER FUNCTION search_terms(text, text, text) ROWS 2;

COMMIT;
