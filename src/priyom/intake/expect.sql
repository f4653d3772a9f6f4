-- How long people of a МО waited lately from asking to having a time, by the estimate of Kaplan and
-- Meier: who still waits counts for as long as the waiting has lasted, so that a growing queue is
-- not hidden behind those who were quick. First those of the speciality, then of all.
WITH lately AS (
    SELECT request.speciality_id = %(speciality)s AS is_own,
           coalesce(booked.booked_at, %(now)s) - request.asked_at AS waited,
           booked.id IS NOT NULL AS has_time
    FROM intake_request request
    LEFT JOIN consultations_consultation booked ON booked.id = request.consultation_id
    WHERE request.organisation_id = %(place)s AND request.source = %(source)s
      AND request.asked_at >= %(since)s AND request.asked_at <= %(now)s
      AND (booked.id IS NOT NULL OR request.state IN ('new', 'taken'))
), grouped AS (
    SELECT 'own' AS whose, waited, has_time FROM lately WHERE is_own
    UNION ALL SELECT 'all', waited, has_time FROM lately
), at_risk AS (
    SELECT whose, waited, count(*) FILTER (WHERE has_time) AS ended,
           sum(count(*)) OVER (PARTITION BY whose ORDER BY waited DESC) AS left_then
    FROM grouped GROUP BY whose, waited
), still AS (
    SELECT whose, waited, ended,
           exp(sum(ln(greatest(1 - ended::float8 / left_then::float8, 1e-12)))
               OVER (PARTITION BY whose ORDER BY waited)) AS share
    FROM at_risk
)
SELECT whose, sum(ended)::int, min(waited) FILTER (WHERE share <= 0.5 + 1e-9),
       min(waited) FILTER (WHERE share <= 0.1 + 1e-9)
FROM still GROUP BY whose
