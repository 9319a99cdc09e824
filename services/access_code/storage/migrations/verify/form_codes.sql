SELECT kind, form_assignment_id FROM access_codes WHERE false;
SELECT code_kind FROM grants WHERE false;
SELECT access_code_id, form_assignment_id, account_id, created_at, ended_at, ender_account_id, end_cause
FROM form_accesses WHERE false;
SELECT 1 / (has_column_privilege(:'app_role', 'form_accesses', 'ended_at', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'form_accesses', 'account_id', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'access_codes', 'kind', 'UPDATE')
            AND NOT has_column_privilege(:'app_role', 'access_codes', 'form_assignment_id', 'UPDATE')
            AND NOT has_table_privilege(:'app_role', 'form_accesses', 'DELETE'))::int;
