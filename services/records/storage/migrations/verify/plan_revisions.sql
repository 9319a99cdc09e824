SELECT clinic_id, soap_chart_id, revision, encounter_date, signed, sections, changed_by_account_id, changed_at
FROM plan_revisions WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'plan_revisions', 'SELECT')
            AND has_table_privilege(:'app_role', 'plan_revisions', 'INSERT')
            AND NOT has_table_privilege(:'app_role', 'plan_revisions', 'UPDATE, DELETE, TRUNCATE'))::int;
