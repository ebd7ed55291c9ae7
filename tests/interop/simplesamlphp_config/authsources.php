<?php
$config = [
    'employees' => [
        'exampleauth:UserPass',
        '%user:%password' => ['uid' => ['%user'], 'displayName' => ['Fenna Testman']],
    ],
];
