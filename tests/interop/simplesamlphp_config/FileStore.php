<?php
// Artifacts wait in a store that several processes see; there is no database driver here.
class FileStore extends SimpleSAML\Store
{
    private function file(string $type, string $key): string
    {
        return '%folder/store/' . hash('sha256', $type . ' ' . $key);
    }

    public function get($type, $key)
    {
        $file = $this->file($type, $key);
        if (!is_file($file)) {
            return null;
        }
        [$expire, $value] = unserialize(file_get_contents($file));
        return $expire === null || $expire > time() ? $value : null;
    }

    public function set($type, $key, $value, $expire = null)
    {
        file_put_contents($this->file($type, $key), serialize([$expire, $value]), LOCK_EX);
    }

    public function delete($type, $key)
    {
        @unlink($this->file($type, $key));
    }
}
