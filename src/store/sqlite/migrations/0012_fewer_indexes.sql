-- What is old is found by its running number, and nothing asks for the newest items of all repositories.
DROP INDEX record_by_time;
DROP INDEX inbox_by_time;
DROP INDEX item_by_age;
