-- name: IsAccountClosed
-- Until the transaction ends it is not closed meanwhile either.
SELECT account_is_closed($1) AS closed

-- name: CloseAccount
SELECT close_account($1, from_micros($2))
