SELECT patient_id, clinic_id, given_name, family_name, birth_date, gender, email, phones, address_lines, address_city,
       address_region, address_postal_code, address_country_code, health_card_number, emergency_contact_name,
       emergency_contact_relationship, emergency_contact_phone, staff_notes, version, created_at, updated_at
FROM patients WHERE false;
SELECT 1 / (has_table_privilege(:'app_role', 'patients', 'SELECT')
            AND has_table_privilege(:'app_role', 'patients', 'INSERT')
            AND NOT has_table_privilege(:'app_role', 'patients', 'DELETE, TRUNCATE'))::int;
