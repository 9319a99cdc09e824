SELECT mailbox_code_id, normalized_email, email, language, key_id, code_mac, tries, created_at, expires_at
FROM mailbox_codes WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'mailbox_codes', 'SELECT')
            AND has_table_privilege(:'app_role', 'mailbox_codes', 'INSERT')
            AND has_table_privilege(:'app_role', 'mailbox_codes', 'DELETE')
            AND has_column_privilege(:'app_role', 'mailbox_codes', 'tries', 'UPDATE'))::int;
