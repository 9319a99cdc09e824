SELECT 1 / (has_function_privilege(:'app_role', 'micros(timestamptz)', 'EXECUTE')
            AND has_function_privilege(:'app_role', 'from_micros(bigint)', 'EXECUTE'))::int;
SELECT 1 / (micros('2026-02-28 12:00:00.000001+00') = 1772280000000001
            AND from_micros(1772280000000001) = '2026-02-28 12:00:00.000001+00')::int;
