//! A vhost-user disk that keeps the memory of the guest, and does nothing else.

use std::fmt;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use vhost::VhostUserMemoryRegionBase;
use vhost::vhost_user::message::{
    VhostTransferStateDirection, VhostTransferStatePhase, VhostUserConfigFlags, VhostUserInflight, VhostUserLog,
    VhostUserMemoryRegion, VhostUserShMemConfig, VhostUserSharedMsg, VhostUserSingleMemoryRegion,
    VhostUserVringAddrFlags, VhostUserVringState,
};
use vhost::vhost_user::{
    BackendReqHandler, Error, GpuBackend, Result, VhostUserBackendReqHandlerMut, VhostUserProtocolFeatures,
    VhostUserVirtioFeatures,
};

/// The disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// The descriptors of the memory table, of which several may stand for one object.
    table: Vec<OwnedFd>,
    /// Has QEMU said everything that it says until there are requests?
    started: bool,
}

/// The connection with a QEMU, which would try to start the disk over and over if it were closed.
pub(super) struct Connection {
    handler: BackendReqHandler<Mutex<Disk>>,
    disk: Arc<Mutex<Disk>>,
}

impl Connection {
    pub(super) fn new(socket: UnixStream) -> Connection {
        let disk = Arc::default();
        Connection { handler: BackendReqHandler::from_stream(socket, Arc::clone(&disk)), disk }
    }

    /// Answers what QEMU asks until it has started the disk; answers with the descriptors of its memory table.
    pub(super) fn memory_table(&mut self) -> Result<Vec<OwnedFd>> {
        loop {
            self.handler.handle_request()?;
            let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
            if disk.started {
                return Ok(std::mem::take(&mut disk.table));
            }
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.disk.fmt(f)
    }
}

/// Nothing of the kind was offered, so that nobody asks for it.
fn not_offered<T>() -> Result<T> {
    Err(Error::InvalidOperation("this device does not offer it"))
}

impl VhostUserBackendReqHandlerMut for Disk {
    fn get_features(&mut self) -> Result<u64> {
        Ok(VhostUserVirtioFeatures::PROTOCOL_FEATURES.bits())
    }

    fn get_protocol_features(&mut self) -> Result<VhostUserProtocolFeatures> {
        Ok(VhostUserProtocolFeatures::CONFIG)
    }

    fn get_config(&mut self, _offset: u32, size: u32, _flags: VhostUserConfigFlags) -> Result<Vec<u8>> {
        Ok(vec![0; size as usize])
    }

    fn set_mem_table(
        &mut self,
        _regions: &[VhostUserMemoryRegion],
        files: Vec<File>,
        _postcopy: Option<bool>,
    ) -> Result<Option<Vec<VhostUserMemoryRegionBase>>> {
        self.table = files.into_iter().map(OwnedFd::from).collect();
        Ok(None)
    }

    fn set_owner(&mut self) -> Result<()> {
        Ok(())
    }

    fn reset_owner(&mut self) -> Result<()> {
        Ok(())
    }

    fn reset_device(&mut self) -> Result<()> {
        Ok(())
    }

    fn set_features(&mut self, _features: u64) -> Result<()> {
        Ok(())
    }

    fn set_protocol_features(&mut self, _features: u64) -> Result<()> {
        Ok(())
    }

    fn set_vring_num(&mut self, _index: u32, _num: u32) -> Result<()> {
        Ok(())
    }

    fn set_vring_addr(
        &mut self,
        _index: u32,
        _flags: VhostUserVringAddrFlags,
        _descriptor: u64,
        _used: u64,
        _available: u64,
        _log: u64,
    ) -> Result<()> {
        Ok(())
    }

    fn set_vring_base(&mut self, _index: u32, _base: u32) -> Result<()> {
        Ok(())
    }

    fn set_vring_kick(&mut self, _index: u8, _fd: Option<File>) -> Result<()> {
        Ok(())
    }

    fn set_vring_call(&mut self, _index: u8, _fd: Option<File>) -> Result<()> {
        Ok(())
    }

    fn set_vring_err(&mut self, _index: u8, _fd: Option<File>) -> Result<()> {
        Ok(())
    }

    fn set_vring_enable(&mut self, _index: u32, enable: bool) -> Result<()> {
        self.started = enable;
        Ok(())
    }

    fn set_config(&mut self, _offset: u32, _bytes: &[u8], _flags: VhostUserConfigFlags) -> Result<()> {
        Ok(())
    }

    fn get_vring_base(&mut self, _index: u32) -> Result<VhostUserVringState> {
        not_offered()
    }

    fn get_queue_num(&mut self) -> Result<u64> {
        not_offered()
    }

    fn set_gpu_socket(&mut self, _gpu: GpuBackend) -> Result<()> {
        not_offered()
    }

    fn get_shared_object(&mut self, _uuid: VhostUserSharedMsg) -> Result<File> {
        not_offered()
    }

    fn get_inflight_fd(&mut self, _inflight: &VhostUserInflight) -> Result<(VhostUserInflight, File)> {
        not_offered()
    }

    fn set_inflight_fd(&mut self, _inflight: &VhostUserInflight, _file: File) -> Result<()> {
        not_offered()
    }

    fn get_max_mem_slots(&mut self) -> Result<u64> {
        not_offered()
    }

    fn add_mem_region(
        &mut self,
        _region: &VhostUserSingleMemoryRegion,
        _file: File,
        _postcopy: Option<bool>,
    ) -> Result<Option<VhostUserMemoryRegionBase>> {
        not_offered()
    }

    fn remove_mem_region(&mut self, _region: &VhostUserSingleMemoryRegion) -> Result<()> {
        not_offered()
    }

    fn set_device_state_fd(
        &mut self,
        _direction: VhostTransferStateDirection,
        _phase: VhostTransferStatePhase,
        _file: File,
    ) -> Result<Option<File>> {
        not_offered()
    }

    fn check_device_state(&mut self) -> Result<()> {
        not_offered()
    }

    fn get_shmem_config(&mut self) -> Result<VhostUserShMemConfig> {
        not_offered()
    }

    fn set_log_base(&mut self, _log: &VhostUserLog, _file: File) -> Result<()> {
        not_offered()
    }
}
