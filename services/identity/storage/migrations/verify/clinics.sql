SELECT clinic_id, slug, display_name, time_zone, created_at FROM clinics WHERE false;
SELECT staff_member_id, clinic_id, account_id, email, normalized_email, display_name, roles, created_at,
       invitation_token_hash, invitation_expires_at, suspended_at
FROM staff_members WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'clinics', 'SELECT')
            AND has_table_privilege(:'app_role', 'clinics', 'INSERT')
            AND NOT has_table_privilege(:'app_role', 'clinics', 'DELETE')
            AND NOT has_column_privilege(:'app_role', 'staff_members', 'clinic_id', 'UPDATE'))::int;
