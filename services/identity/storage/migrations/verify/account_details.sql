SELECT language, version, terms_version, terms_accepted_at, closed_at FROM accounts WHERE false;
SELECT language, terms_version FROM sign_ups WHERE false;
SELECT 1 / (has_column_privilege(:'app_role', 'accounts', 'email', 'UPDATE')
            AND has_column_privilege(:'app_role', 'accounts', 'version', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'accounts', 'account_id', 'UPDATE'))::int;
