-- Who gets a time: one conditional UPDATE decides, by the database's clock (performance.md 6).
-- The loser is told in one more statement what was lost and what lies nearest.

-- name: take
UPDATE schedule_slot
SET state = %(state)s, held_by = %(holder)s,
    held_until = CASE WHEN %(holder)s::uuid IS NOT NULL
                      THEN statement_timestamp() + %(length)s::interval END
WHERE id = %(slot)s AND (%(place)s::uuid IS NULL OR organisation_id = %(place)s::uuid)
  AND (kind = ANY (%(kinds)s) OR state = 'held' AND held_by = ANY (%(holders)s))
  AND starts_at > %(now)s
  AND (state = 'free' OR state = 'held'
       AND (held_by = ANY (%(holders)s) OR held_until < statement_timestamp()))
RETURNING id

-- name: first
-- The earliest within a span that nobody else is just taking: rivals pass by each other's rows.
SELECT id FROM schedule_slot slot
WHERE organisation_id = %(place)s AND speciality_id = %(speciality)s AND state IN ('free', 'held')
  AND kind = ANY (%(kinds)s) AND starts_at > %(now)s
  AND starts_at >= %(begin)s AND starts_at < %(end)s
  AND (state = 'free' OR held_by = %(account)s OR held_until < statement_timestamp())
  AND (%(doctor)s::uuid IS NULL OR doctor_id = %(doctor)s::uuid)
  AND EXISTS (SELECT FROM clinics_doctor doctor WHERE doctor.id = slot.doctor_id AND doctor.works)
ORDER BY starts_at, id LIMIT 1
FOR NO KEY UPDATE OF slot SKIP LOCKED

-- name: lost
SELECT gone.starts_at, gone.kind,
       near.id IS NULL AND EXISTS (
           SELECT FROM schedule_slot
           WHERE organisation_id = gone.organisation_id AND speciality_id = gone.speciality_id
             AND state IN ('free', 'held') AND kind = ANY (%(kinds)s) AND starts_at > %(now)s
             AND (state = 'free' OR held_by = %(account)s OR held_until < statement_timestamp())
       ) AS have_others,
       near.id, near.starts_at, doctor.family, doctor.given, doctor.patronymic
FROM schedule_slot gone
JOIN clinics_doctor doctor ON doctor.id = gone.doctor_id
LEFT JOIN LATERAL (
    SELECT id, starts_at FROM schedule_slot
    WHERE doctor_id = gone.doctor_id AND id <> gone.id AND state IN ('free', 'held')
      AND starts_at > %(now)s AND starts_at < gone.starts_at + interval '60 days'
      AND (state = 'free' OR held_by = %(account)s OR held_until < statement_timestamp())
      AND kind = ANY (%(kinds)s) AND doctor.works
    ORDER BY greatest(starts_at - gone.starts_at, gone.starts_at - starts_at), starts_at
    LIMIT %(rows)s
) near ON true
WHERE gone.id = %(slot)s AND (%(place)s::uuid IS NULL OR gone.organisation_id = %(place)s::uuid)
ORDER BY near.starts_at

-- name: others
-- Only asked when the doctor has nothing left and the colleagues, maybe thousands, have.
SELECT near.id, near.starts_at, doctor.family, doctor.given, doctor.patronymic
FROM schedule_slot gone CROSS JOIN LATERAL (
    (SELECT id, doctor_id, starts_at FROM schedule_slot
     WHERE organisation_id = gone.organisation_id AND speciality_id = gone.speciality_id
       AND state IN ('free', 'held') AND kind = ANY (%(kinds)s) AND id <> gone.id
       AND starts_at >= gone.starts_at AND starts_at > %(now)s
       AND (state = 'free' OR held_by = %(account)s OR held_until < statement_timestamp())
     ORDER BY starts_at LIMIT %(rows)s)
    UNION ALL
    (SELECT id, doctor_id, starts_at FROM schedule_slot
     WHERE organisation_id = gone.organisation_id AND speciality_id = gone.speciality_id
       AND state IN ('free', 'held') AND kind = ANY (%(kinds)s)
       AND starts_at < gone.starts_at AND starts_at > %(now)s
       AND (state = 'free' OR held_by = %(account)s OR held_until < statement_timestamp())
     ORDER BY starts_at DESC LIMIT %(rows)s)
) near JOIN clinics_doctor doctor ON doctor.id = near.doctor_id AND doctor.works
WHERE gone.id = %(slot)s
ORDER BY greatest(near.starts_at - gone.starts_at, gone.starts_at - near.starts_at), near.starts_at
LIMIT %(rows)s
