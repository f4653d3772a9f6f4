-- The free times nearest to what a patient wished, across the doctors of a speciality: each span
-- reads at most `rows` rows inside it, after it and before it from the index schedule_free
-- (organisation, speciality, starts_at), so that the cost does not grow with the schedule.
-- A span ends before its last instant: what begins there lies outside by the least there is.

-- name: available
WITH wish AS MATERIALIZED (
    SELECT * FROM unnest(%(keys)s::uuid[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
        AS span (key, begins, ends)
), available AS NOT MATERIALIZED (
    SELECT slot.id, slot.doctor_id, slot.starts_at, slot.ends_at FROM schedule_slot slot
    WHERE slot.organisation_id = %(organisation)s AND slot.speciality_id = %(speciality)s
      AND slot.state IN ('free', 'held')
      AND (slot.state = 'free' OR slot.held_until < statement_timestamp()
           OR slot.held_by = %(viewer)s)
      AND slot.kind = ANY (%(kinds)s) AND slot.starts_at > %(now)s
      AND (%(doctor)s::uuid IS NULL OR slot.doctor_id = %(doctor)s::uuid)
      AND EXISTS (SELECT FROM clinics_doctor doctor WHERE doctor.id = slot.doctor_id AND doctor.works)
), near AS (
    SELECT wish.key, found.* FROM wish CROSS JOIN LATERAL (
        (SELECT *, interval '0' AS apart FROM available
         WHERE starts_at >= wish.begins AND starts_at < wish.ends
         ORDER BY starts_at LIMIT %(rows)s)
        UNION ALL
        (SELECT *, starts_at - wish.ends + interval '1 microsecond' FROM available
         WHERE starts_at >= wish.ends ORDER BY starts_at LIMIT %(rows)s)
        UNION ALL
        (SELECT *, wish.begins - starts_at FROM available
         WHERE starts_at < wish.begins ORDER BY starts_at DESC LIMIT %(rows)s)
    ) found
)

-- name: near
, best AS (
    SELECT id, doctor_id, starts_at, ends_at, min(apart) AS apart FROM near
    GROUP BY id, doctor_id, starts_at, ends_at
    ORDER BY min(apart), starts_at, id LIMIT %(rows)s
)
SELECT NULL, best.id, best.doctor_id, doctor.family, doctor.given, doctor.patronymic,
       best.starts_at, best.ends_at, best.apart
FROM best JOIN clinics_doctor doctor ON doctor.id = best.doctor_id
ORDER BY best.apart, best.starts_at, best.id

-- name: each
, best AS (
    SELECT *, row_number() OVER (PARTITION BY key ORDER BY apart, starts_at, id) AS place FROM near
)
SELECT best.key, best.id, best.doctor_id, doctor.family, doctor.given, doctor.patronymic,
       best.starts_at, best.ends_at, best.apart
FROM best JOIN clinics_doctor doctor ON doctor.id = best.doctor_id
WHERE best.place <= %(rows)s
ORDER BY best.key, best.place
